/** Directory of the development certificates. It lies beside this folder, and beside the folder of a bundle. */
export const DEVELOPMENT_CERTIFICATES: string = decodeURIComponent(new URL("../certs", import.meta.url).pathname);
