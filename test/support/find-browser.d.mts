export declare const chromiumFlags: readonly string[];
export declare class BrowserNotFound extends Error {}
export declare const findBrowser: () => string;
