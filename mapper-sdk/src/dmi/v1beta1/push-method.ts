/** Where a property is sent besides the twin: `pushMethod` of a Device's property, protobuf package `v1beta1`. */
import { anyValue } from "../wire/any.ts";
import { maybe, one } from "../wire/field.ts";
import { map } from "../wire/map-field.ts";
import { message } from "../wire/message.ts";
import { bool, int32, text, whole } from "../wire/scalar.ts";

/** Values to an HTTP server. */
export const pushMethodHttp = message("v1beta1.PushMethodHTTP", {
  hostname: one(1, text),
  port: one(2, whole),
  requestpath: one(3, text),
  timeout: one(4, whole),
});

/** Values to an MQTT broker. */
export const pushMethodMqtt = message("v1beta1.PushMethodMQTT", {
  address: one(1, text),
  topic: one(2, text),
  qos: one(3, int32),
  retained: one(4, bool),
});

/** Values to an OpenTelemetry collector. */
export const pushMethodOtel = message("v1beta1.PushMethodOTEL", { endpointUrl: one(1, text) });

/** Values into InfluxDB 2. */
export const influxdb2 = message("v1beta1.DBMethodInfluxdb2", {
  influxdb2ClientConfig: maybe(
    1,
    message("v1beta1.Influxdb2ClientConfig", { url: one(1, text), org: one(2, text), bucket: one(3, text) }),
  ),
  influxdb2DataConfig: maybe(
    2,
    message("v1beta1.Influxdb2DataConfig", { measurement: one(1, text), tag: map(2, text), fieldKey: one(3, text) }),
  ),
});

/** Values into Redis. */
export const redis = message("v1beta1.DBMethodRedis", {
  redisClientConfig: maybe(
    1,
    message("v1beta1.RedisClientConfig", {
      addr: one(1, text),
      db: one(2, int32),
      poolsize: one(3, int32),
      minIdleConns: one(4, int32),
    }),
  ),
});

/** Values into TDengine. */
export const tdEngine = message("v1beta1.DBMethodTDEngine", {
  tdEngineClientConfig: maybe(1, message("v1beta1.TDEngineClientConfig", { addr: one(1, text), dbname: one(2, text) })),
});

/** Values into MySQL. */
export const mySql = message("v1beta1.DBMethodMySQL", {
  mysqlClientConfig: maybe(
    1,
    message("v1beta1.MySQLClientConfig", { addr: one(1, text), database: one(2, text), userName: one(3, text) }),
  ),
});

/** The database that gets the values of a property. */
export const dbMethod = message("v1beta1.DBMethod", {
  influxdb2: maybe(1, influxdb2),
  redis: maybe(2, redis),
  tdengine: maybe(3, tdEngine),
  mysql: maybe(4, mySql),
});

/** Settings for the detection of unusual values, which KubeEdge hands on as they are. */
export const anomalyDetection = message("v1beta1.AnomalyDetection", { data: map(1, anyValue) });

/** Where the values of a property are pushed. */
export const pushMethod = message("v1beta1.PushMethod", {
  http: maybe(1, pushMethodHttp),
  mqtt: maybe(2, pushMethodMqtt),
  dbMethod: maybe(3, dbMethod),
  otel: maybe(4, pushMethodOtel),
  anomalyDetection: maybe(5, anomalyDetection),
});
