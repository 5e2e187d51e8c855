/** Types of what is used of tr46 (Unicode Technical Standard 46). */
declare module "tr46" {
  interface Options {
    readonly checkHyphens: boolean;
    readonly checkBidi: boolean;
    readonly checkJoiners: boolean;
    readonly useSTD3ASCIIRules: boolean;
    readonly transitionalProcessing: boolean;
    readonly ignoreInvalidPunycode: boolean;
  }
  export function toASCII(
    name: string,
    options: Options & { readonly verifyDNSLength: boolean },
  ): string | null;
  export function toUnicode(
    name: string,
    options: Options,
  ): { readonly domain: string; readonly error: boolean };
}
