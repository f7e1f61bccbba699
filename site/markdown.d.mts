export declare function slugify(heading: string): string;
