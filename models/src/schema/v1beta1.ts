import { accessMode, deviceModelRef, resource, twinProperty } from "./common.ts";
import { boolean, free, integer, list, name, object, oneOf, text, textMap } from "./schema.ts";

const visitors = object({ protocolName: text, configData: free });

const modelProperty = object(
  {
    name,
    description: text,
    type: oneOf("INT", "FLOAT", "DOUBLE", "STRING", "BOOLEAN", "BYTES", "STREAM"),
    accessMode,
    minimum: text,
    maximum: text,
    unit: text,
    visitors,
  },
  { required: ["name", "type", "accessMode"] },
);

/** devices.kubeedge.io/v1beta1 DeviceModel (KubeEdge 1.15 and later). */
export const deviceModel = resource(
  {
    spec: object({ protocol: text, protocolConfigData: free, properties: list(modelProperty, "name") }),
  },
  ["spec"],
);

const dbMethod = object({
  influxdb2: object({
    influxdb2ClientConfig: object({ url: text, org: text, bucket: text }),
    influxdb2DataConfig: object({ measurement: text, tag: textMap, fieldKey: text }),
  }),
  redis: object({ redisClientConfig: object({ addr: text, db: integer, poolsize: integer, minIdleConns: integer }) }),
  TDEngine: object({ TDEngineClientConfig: object({ addr: text, dbName: text }) }),
  mysql: object({ mysqlClientConfig: object({ addr: text, database: text, userName: text }) }),
});

const pushMethod = object({
  http: object({ hostName: text, port: integer, requestPath: text, timeout: integer }),
  mqtt: object({ address: text, topic: text, qos: integer, retained: boolean }),
  otel: object({ endpointURL: text }),
  dbMethod,
  anomalyDetection: free,
});

const deviceProperty = object(
  {
    name,
    desired: twinProperty,
    visitors,
    reportCycle: integer,
    collectCycle: integer,
    reportToCloud: boolean,
    pushMethod,
  },
  { required: ["name"] },
);

const observed = object(
  { propertyName: name, observedDesired: twinProperty, reported: twinProperty },
  { required: ["propertyName"] },
);

/** devices.kubeedge.io/v1beta1 Device. */
export const device = resource(
  {
    spec: object(
      {
        deviceModelRef,
        nodeName: text,
        properties: list(deviceProperty, "name"),
        protocol: visitors,
        methods: list(object({ name, description: text, propertyNames: list(text) }, { required: ["name"] }), "name"),
        stateReport: object({ reportToCloud: boolean, reportCycle: integer }),
      },
      { required: ["deviceModelRef"] },
    ),
    // KubeEdge 1.23 keeps two fields here and lets every other one through.
    status: object(
      {
        twins: list(observed, "propertyName"),
        state: text,
        lastOnlineTime: text,
        reportToCloud: boolean,
        reportCycle: integer,
      },
      { open: true },
    ),
  },
  ["spec"],
);

/** devices.kubeedge.io/v1beta1 DeviceStatus (KubeEdge 1.23 and later). */
export const deviceStatus = resource({
  spec: object({}, { open: true }),
  status: object({
    twins: list(observed, "propertyName"),
    state: text,
    lastOnlineTime: text,
    extensions: free,
  }),
});
