/**
 * What attackers try first, as words: by frequency in published breaches. A password is looked at without the digits and signs
 * around it, so one word stands for `word`, `Word1!` and `wordword`.
 */
const COMMON_WORDS = `
  abc admin administrator angel ashley asdf asshole azerty babygirl bailey baseball basketball batman butterfly changeme
  charlie cheese chelsea chocolate computer cookie correcthorsebatterystaple daniel default dragon enter football freedom
  fuckyou guest hannah hello hunter iloveyou jennifer jessica jordan killer letmein liverpool login lovely loveme master
  matrix merlin michael michelle monkey mustang nicole ninja nothing orange p@ssw0rd p@ssword passw0rd pass password passwort
  pepper pokemon princess purple qazwsx qwert qwerty qwertz ranger root samsung secret shadow soccer spiderman starwars
  summer sunshine superman taylor temp test thomas tigger trustno user welcome whatever winter wizard zaq zxcvbnm
  motdepasse contraseña contrasena parola senha wachtwoord haslo heslo lösenord salasana пароль йцукен
`
  .trim()
  .split(/\s+/);

const ROWS = [
  '1234567890',
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  'qazwsxedcrfvtgbyhnujm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
];
const RUNS = ROWS.flatMap((row) => [row, [...row].reverse().join('')]);
/** Digits and signs around a word that add nothing: a date, `123`, `!!`. */
const LONGEST_AFFIX = 8;
/** Neighbouring letters that are no accident. */
const SHORTEST_RUN = 6;
/** A shorter name, such as `al`, is in too many good passwords of its own. */
const SHORTEST_WORD = 3;

const COMMON: ReadonlySet<string> = new Set(COMMON_WORDS.map(coreOf));

/** Whether a password, in lower case, is a common one, or a run of keys or characters. */
export function isCommon(password: string): boolean {
  return isRun(password) || isWordOf(password, COMMON, true);
}

/** Whether a password, in lower case, is one of these words with nothing but digits and signs around it. */
export function isOneOf(password: string, words: readonly string[]): boolean {
  const known = words.map((word) => word.trim()).filter((word) => word.length >= SHORTEST_WORD);
  return known.includes(password) || isWordOf(password, new Set(known.map(coreOf)), false);
}

/** The password as a whole is compared, never a part of it: a passphrase may hold any word. */
function isWordOf(password: string, words: ReadonlySet<string>, orRun: boolean): boolean {
  const [, before = '', middle = '', after = ''] = /^(\P{L}*)(.*?)(\P{L}*)$/su.exec(password) ?? [];
  const affix = before + after;
  if (affix.length > LONGEST_AFFIX && !isRun(before || after)) return false;
  const core = unitOf(withoutSigns(middle));
  return core !== '' && (words.has(core) || (orRun && middle.length >= SHORTEST_RUN && isRun(middle)));
}

/** A word as passwords are compared with it. */
function coreOf(word: string): string {
  return unitOf(withoutSigns(word.replace(/^\P{L}+|\P{L}+$/gu, ''))) || word;
}

function withoutSigns(text: string): string {
  return text.replace(/[\s._+-]/g, '');
}

/** One character again and again, or neighbours on a keyboard or in an alphabet. */
function isRun(text: string): boolean {
  const unit = unitOf(text);
  return (
    unit.length === 1 ||
    RUNS.some((row) => row.repeat(Math.ceil(text.length / row.length) + 1).includes(text))
  );
}

/** `abcabcabc` is `abc` again and again. */
function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length++)
    if (text.length % length === 0 && text.slice(0, length).repeat(text.length / length) === text)
      return text.slice(0, length);
  return text;
}
