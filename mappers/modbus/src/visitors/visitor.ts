import type { Schema } from "@edgetwin/mapper-sdk";
import { isKubeEdgeVisitor, type KubeEdgeVisitor, kubeEdgeVisitor } from "./kubeedge-visitor.ts";
import { type ModbusRegister, type NativeVisitor, nativeVisitor } from "./native-visitor.ts";

/** Where a property lives on a unit, in our words or in KubeEdge's. */
export type Visitor = NativeVisitor | KubeEdgeVisitor;

/** Takes our own settings, or KubeEdge's. */
export const visitor: Schema<ModbusRegister, Visitor> = {
  "~standard": {
    version: 1,
    vendor: "edgetwin",
    validate: (raw) =>
      isKubeEdgeVisitor(raw) ? kubeEdgeVisitor["~standard"].validate(raw) : nativeVisitor["~standard"].validate(raw),
  },
};
