/** A model and a device of it, as people write them. */
export const trafficLight = `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata:
  name: traffic-light
  annotations:
    edgetwin.io/enums: '{"red":["OFF","ON"],"green":["OFF","ON"]}'
    edgetwin.io/safety: '{"interlocks":[{"never":{"red":"ON","green":"ON"},"because":"cars from both sides"}]}'
spec:
  protocol: gpio
  properties:
    - { name: red, type: STRING, accessMode: ReadWrite }
    - { name: green, type: STRING, accessMode: ReadWrite }
    - { name: seconds, type: INT, accessMode: ReadWrite, minimum: "0", maximum: "90", unit: s }
    - { name: power, type: DOUBLE, accessMode: ReadOnly, unit: W }
---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata:
  name: traffic-light-instance-01
  labels: { place: crossing }
spec:
  deviceModelRef: { name: traffic-light }
  nodeName: bench
  protocol: { protocolName: gpio }
`;

/** The device of {@link trafficLight}. */
export const lightId = "default/traffic-light-instance-01";
