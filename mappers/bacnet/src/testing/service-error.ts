/** Classes and codes of the errors that the emulator answers with (ASHRAE 135 clause 18). */
export const serviceErrors = {
  unknownObject: { errorClass: 1, code: 31 },
  unknownProperty: { errorClass: 2, code: 32 },
  writeAccessDenied: { errorClass: 2, code: 40 },
  invalidDataType: { errorClass: 2, code: 9 },
  valueOutOfRange: { errorClass: 2, code: 37 },
  invalidArrayIndex: { errorClass: 2, code: 42 },
  notAnArray: { errorClass: 2, code: 50 },
  optionalFunctionality: { errorClass: 5, code: 45 },
  noSpaceForSubscription: { errorClass: 3, code: 0 },
} as const;

/** A service that failed. */
export class ServiceError extends Error {
  readonly errorClass: number;
  readonly code: number;

  constructor(name: keyof typeof serviceErrors) {
    super(name);
    ({ errorClass: this.errorClass, code: this.code } = serviceErrors[name]);
  }
}
