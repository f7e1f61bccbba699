/** A text of strangers as a terminal may show it: control characters, which could rewrite what stands there, are spelled out. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
}
