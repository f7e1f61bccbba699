export declare const ROOT: string;
export declare function pageOf(file: string): string | null;
export declare function excluded(): string[];
export declare function destination(from: string, link: string): string | null | undefined;
export declare function repositoryUrl(): string | null;
export declare function fileOf(path: string): string;
