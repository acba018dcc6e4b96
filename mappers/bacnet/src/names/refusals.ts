/** BACnetRejectReason (ASHRAE 135 18.10). */
const rejects: readonly string[] = [
  "other",
  "buffer-overflow",
  "inconsistent-parameters",
  "invalid-parameter-data-type",
  "invalid-tag",
  "missing-required-parameter",
  "parameter-out-of-range",
  "too-many-arguments",
  "undefined-enumeration",
  "unrecognized-service",
];

/** BACnetAbortReason (18.11). */
const aborts: readonly string[] = [
  "other",
  "buffer-overflow",
  "invalid-apdu-in-this-state",
  "preempted-by-higher-priority-task",
  "segmentation-not-supported",
  "security-error",
  "insufficient-security",
  "window-size-out-of-range",
  "application-exceeded-reply-time",
  "out-of-resources",
  "tsm-timeout",
  "apdu-too-long",
];

/** The error codes that devices answer with when they are read, written and subscribed to (clause 18, 21). */
const errors: Readonly<Record<number, string>> = {
  0: "other",
  2: "configuration-in-progress",
  3: "device-busy",
  9: "invalid-data-type",
  16: "missing-required-parameter",
  20: "no-space-to-write-property",
  25: "operational-problem",
  27: "read-access-denied",
  29: "service-request-denied",
  31: "unknown-object",
  32: "unknown-property",
  36: "unsupported-object-type",
  37: "value-out-of-range",
  40: "write-access-denied",
  41: "character-set-not-supported",
  42: "invalid-array-index",
  43: "cov-subscription-failed",
  44: "not-cov-property",
  45: "optional-functionality-not-supported",
  47: "datatype-not-supported",
  50: "property-is-not-an-array",
  79: "unknown-subscription",
  80: "parameter-out-of-range",
  82: "busy",
  83: "communication-disabled",
};

/** The numbers of refusals that this mapper acts on. */
export const errorCodes = {
  unknownObject: 31,
  unknownProperty: 32,
  writeAccessDenied: 40,
  unknownSubscription: 79,
} as const;
/** ERROR_CLASS services (clause 18.1). */
export const errorClassServices = 5;
export const rejectReasons = { unrecognizedService: 9 } as const;
export const abortReasons = { bufferOverflow: 1, segmentationNotSupported: 4, apduTooLong: 11 } as const;

/** How a device refused. */
export type RefusalKind = "error" | "reject" | "abort";

/** A device that answered, but not as hoped. */
export class BacnetRefusal extends Error {
  override readonly name = "BacnetRefusal";
  readonly kind: RefusalKind;
  readonly code: number;

  constructor(kind: RefusalKind, code: number) {
    super(`${kind} ${refusalName(kind, code)}`);
    this.kind = kind;
    this.code = code;
  }

  /** Whether the answer would not have fitted into what the device can send at once (5.4.5.3). */
  get isTooLong(): boolean {
    const { bufferOverflow, segmentationNotSupported, apduTooLong } = abortReasons;
    return (
      this.kind === "abort" && [bufferOverflow, segmentationNotSupported, apduTooLong].includes(this.code as never)
    );
  }

  /** Whether the device does not know the service at all. */
  get isUnknownService(): boolean {
    return this.kind === "reject" && this.code === rejectReasons.unrecognizedService;
  }
}

function refusalName(kind: RefusalKind, code: number): string {
  const name = kind === "error" ? errors[code] : (kind === "reject" ? rejects : aborts)[code];
  return name === undefined ? `number ${code}` : `${name} (${code})`;
}
