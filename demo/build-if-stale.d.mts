export declare const isStale: () => boolean;
export declare const buildIfStale: () => void;
