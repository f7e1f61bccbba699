/**
 * What an announcement says: one is written with each change, in its transaction, for those who follow the changes
 * rather than ask.
 * - `sign_in`: the family or session of this id has ended
 * - `sign_in_changed`: the session of this id has a new secret
 * - `subject_stale`: the subject has a new epoch
 * - `everything`: there is a new global epoch; its value is empty
 */
export type AnnouncementKind = 'sign_in' | 'sign_in_changed' | 'subject_stale' | 'everything';
