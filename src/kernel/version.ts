/** The package's version: what two bundles on one page compare. */
export const VERSION = '0.1.0';
