export interface Imports {
  readonly now: readonly string[];
  readonly later: readonly string[];
}
export declare const readImports: (code: string) => Imports;
export declare const importsOf: (file: string) => Imports;
export declare const closure: (files: readonly string[]) => string[];
