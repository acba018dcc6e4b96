import type { AppValue } from "../../client/app-value.ts";
import type { PropertyPlace } from "../../client/bacnet-library.ts";
import type { ObjectId } from "../../names/object-types.ts";
import type { ServiceError } from "../service-error.ts";
import { enclosed, encodeAppValue, encodeContext } from "./app-values.ts";

const unsigned = (value: number): AppValue => ({ tag: "unsigned", value });
const enumerated = (value: number): AppValue => ({ tag: "enumerated", value });
const objectId = (value: ObjectId): AppValue => ({ tag: "object-id", value });

/** ReadProperty-ACK (ASHRAE 135 clause 21). */
export const encodeReadProperty = (
  { object, property, index }: PropertyPlace,
  values: readonly AppValue[],
): Uint8Array =>
  Buffer.concat([
    encodeContext(0, objectId(object)),
    encodeContext(1, enumerated(property)),
    ...(index === undefined ? [] : [encodeContext(2, unsigned(index))]),
    enclosed(3, ...values.map(encodeAppValue)),
  ]);

/** What became of one place of ReadPropertyMultiple. */
export interface PlaceAnswer {
  readonly place: PropertyPlace;
  readonly outcome: readonly AppValue[] | ServiceError;
}

/** ReadPropertyMultiple-ACK; results of one object behind each other share one specification. */
export function encodeReadPropertyMultiple(answers: readonly PlaceAnswer[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < answers.length; ) {
    const { object } = (answers[at] as PlaceAnswer).place;
    const results: Uint8Array[] = [];
    while (at < answers.length && sameObject((answers[at] as PlaceAnswer).place.object, object))
      results.push(encodeResult(answers[at++] as PlaceAnswer));
    parts.push(encodeContext(0, objectId(object)), enclosed(1, ...results));
  }
  return Buffer.concat(parts);
}

const sameObject = (a: ObjectId, b: ObjectId): boolean => a.type === b.type && a.instance === b.instance;

function encodeResult({ place: { property, index }, outcome }: PlaceAnswer): Uint8Array {
  const isValue = Array.isArray(outcome);
  return Buffer.concat([
    encodeContext(2, enumerated(property)),
    ...(index === undefined ? [] : [encodeContext(3, unsigned(index))]),
    isValue
      ? enclosed(4, ...(outcome as readonly AppValue[]).map(encodeAppValue))
      : enclosed(5, encodeError(outcome as ServiceError)),
  ]);
}

/** Class and code of an Error. */
export const encodeError = ({ errorClass, code }: Pick<ServiceError, "errorClass" | "code">): Uint8Array =>
  Buffer.concat([encodeAppValue(enumerated(errorClass)), encodeAppValue(enumerated(code))]);

/** I-Am-Request. */
export const encodeIAm = (iAm: {
  instance: number;
  maxApdu: number;
  segmentation: number;
  vendor: number;
}): Uint8Array =>
  Buffer.concat([
    encodeAppValue(objectId({ type: 8, instance: iAm.instance })),
    encodeAppValue(unsigned(iAm.maxApdu)),
    encodeAppValue(enumerated(iAm.segmentation)),
    encodeAppValue(unsigned(iAm.vendor)),
  ]);

/** What a notification says. */
export interface CovMessage {
  readonly processId: number;
  readonly instance: number;
  readonly object: ObjectId;
  readonly secondsLeft: number;
  readonly values: readonly { readonly property: number; readonly values: readonly AppValue[] }[];
}

/** ConfirmedCOVNotification-Request and UnconfirmedCOVNotification-Request. */
export const encodeCovNotification = ({ processId, instance, object, secondsLeft, values }: CovMessage): Uint8Array =>
  Buffer.concat([
    encodeContext(0, unsigned(processId)),
    encodeContext(1, objectId({ type: 8, instance })),
    encodeContext(2, objectId(object)),
    encodeContext(3, unsigned(secondsLeft)),
    enclosed(
      4,
      ...values.flatMap(({ property, values }) => [
        encodeContext(0, enumerated(property)),
        enclosed(2, ...values.map(encodeAppValue)),
      ]),
    ),
  ]);
