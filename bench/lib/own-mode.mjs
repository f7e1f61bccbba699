// The revocation mode in which the benchmarks of sessions and of memory run the library.

/** `feed` or `lookup`. Rows of revocations are read in `feed` alone: with the other they only lie there. */
export const OWN_MODE = 'feed';
