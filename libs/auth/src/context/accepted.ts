/** Which credentials a place accepts. */
export type Accepted = 'access-token' | 'session' | 'any';
