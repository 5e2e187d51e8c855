/** The ages at which buckets of deferred mail end: 5 to 1,280 minutes, the limits of qshape(1). */
export const LIMITS_MINUTES = Array.from({ length: 9 }, (_, index) => 5 * 2 ** index);
