import type { Observable } from 'rxjs';
import type { SecurityEvent } from './security-event.js';

/** Security events for code of the application: inject it anywhere. */
export class SecurityEvents {
  /**
   * Every event from the subscription on; completes when the application has shut down. Events come after the call they
   * tell of, which neither waits for a subscriber nor fails with it: what one throws is logged, and it hears the next
   * event all the same. They are frozen: everybody hears the same object.
   */
  readonly events$: Observable<SecurityEvent>;

  constructor(stream: { readonly events$: Observable<SecurityEvent> }) {
    this.events$ = stream.events$;
  }
}
