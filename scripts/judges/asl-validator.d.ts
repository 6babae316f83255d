// asl-validator 4.0.0 publishes no types.
declare module 'asl-validator' {
  interface AslError { readonly 'Error code': string; readonly Message?: string; readonly path?: string }
  export default function validate(definition: object): { readonly isValid: boolean; readonly errors: readonly AslError[] };
}
