/** Most differences listed per check; further ones are only counted. */
export const LARGEST_LIST = 1_000;
