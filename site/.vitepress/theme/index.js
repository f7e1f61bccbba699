// The default theme with the fonts of the system, and the decision guide.
import { defineAsyncComponent } from 'vue';
import theme from 'vitepress/theme-without-fonts';
import './style.css';

export default {
  extends: theme,
  enhanceApp({ app }) {
    // Its code is loaded by its page alone.
    app.component(
      'DecisionGuide',
      defineAsyncComponent(() => import('./DecisionGuide.vue')),
    );
  },
};
