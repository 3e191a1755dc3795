/** Where the API is served. */
export const API_PREFIX = '/api/v2';
