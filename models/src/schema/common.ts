import {
  boolean,
  free,
  integer,
  list,
  name,
  number,
  object,
  oneOf,
  type Schema,
  type TextSchema,
  text,
  textMap,
} from "./schema.ts";

/** RFC 1123 subdomain, which Kubernetes wants for names of resources. */
const resourceName: TextSchema = {
  type: "text",
  like: {
    pattern: /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    words: 'lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit',
  },
};

/** RFC 1123 label, which Kubernetes wants for namespaces. */
const namespaceName: TextSchema = {
  type: "text",
  like: { pattern: /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, words: 'lower-case letters, digits and "-"' },
};

/** `metadata`; the API server's own fields are kept and not looked into. */
export const metadata: Schema = object(
  { name: resourceName, namespace: namespaceName, labels: textMap, annotations: textMap },
  { required: ["name"], open: true },
);

/** A whole resource: the fields every one has, and its own, of which `required` must be there. */
export const resource = (fields: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema =>
  object({ apiVersion: text, kind: text, metadata, ...fields }, { required: ["metadata", ...required] });

export const accessMode = oneOf("ReadWrite", "ReadOnly");

/** `spec.deviceModelRef`; a device without one cannot be served. */
export const deviceModelRef = object({ name }, { required: ["name"] });

/** A value of a twin. */
export const twinProperty = object({ value: text, metadata: textMap }, { required: ["value"] });

/** Facts of a property type before v1beta1. */
export const typeFacts = (value: Schema): Schema =>
  object({ accessMode, defaultValue: value, minimum: value, maximum: value, unit: text }, { required: ["accessMode"] });

/** Facts of a type that has no bounds. */
export const plainTypeFacts = (value: Schema): Schema =>
  object({ accessMode, defaultValue: value }, { required: ["accessMode"] });

/** A property of a DeviceModel before v1beta1. */
export const modelProperty = (types: Readonly<Record<string, Schema>>): Schema =>
  object({ name, description: text, type: object(types, { exactlyOne: true }) }, { required: ["name", "type"] });

/** `status` of a Device before v1beta1. */
export const legacyStatus: Schema = object({
  twins: list(
    object({ propertyName: name, desired: twinProperty, reported: twinProperty }, { required: ["propertyName"] }),
    "propertyName",
  ),
});

const requirement = object({ key: text, operator: text, values: list(text) }, { required: ["key", "operator"] });

/** core/v1 NodeSelector. */
export const nodeSelector: Schema = object(
  { nodeSelectorTerms: list(object({ matchExpressions: list(requirement), matchFields: list(requirement) })) },
  { required: ["nodeSelectorTerms"] },
);

export const serialPort: Readonly<Record<string, Schema>> = {
  serialPort: text,
  baudRate: {
    type: "integer",
    oneOf: [115200, 57600, 38400, 19200, 9600, 4800, 2400, 1800, 1200, 600, 300, 200, 150, 134, 110, 75, 50],
  },
  dataBits: { type: "integer", oneOf: [8, 7, 6, 5] },
  parity: oneOf("none", "even", "odd"),
  stopBits: { type: "integer", oneOf: [1, 2] },
};

export const opcuaProtocol: Schema = object({
  url: text,
  userName: text,
  password: text,
  securityPolicy: text,
  securityMode: text,
  certificate: text,
  privateKey: text,
  timeout: integer,
});

export const bluetoothProtocol: Schema = object({ macAddress: text });

export const opcuaVisitor: Schema = object({ nodeID: text, browseName: text });

export const modbusVisitor: Schema = object({
  register: oneOf("CoilRegister", "DiscreteInputRegister", "InputRegister", "HoldingRegister"),
  offset: integer,
  limit: integer,
  scale: number,
  isSwap: boolean,
  isRegisterSwap: boolean,
});

/** KubeEdge's schema lists the operations in v1alpha1 only. */
export const bluetoothVisitor = (operationType: Schema): Schema =>
  object({
    characteristicUUID: text,
    // Bytes by value, as a list or as base64: both are in the field.
    dataWrite: free,
    dataConverter: object({
      startIndex: integer,
      endIndex: integer,
      shiftLeft: integer,
      shiftRight: integer,
      orderOfOperations: list(object({ operationType, operationValue: number })),
    }),
  });
