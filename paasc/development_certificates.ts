/** The directory of the development certificates: beside this folder, and beside `dist/`, where the bundle lies. */
export const DEVELOPMENT_CERTIFICATES: string = decodeURIComponent(new URL("../certs", import.meta.url).pathname);
