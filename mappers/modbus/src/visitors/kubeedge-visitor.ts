import { type Field, f, fields, type Output } from "@edgetwin/mapper-sdk";

/** Settings of KubeEdge's visitors that its drivers ignore too. */
const ignoredField: Field<unknown> = f.custom("anything", (raw) => raw ?? null);

/** The keys of KubeEdge's modbus visitors: v1alpha1 to v1beta1, and those of the v1beta1 example driver. */
export const kubeEdgeVisitor = fields({
  register: f.oneOf(["CoilRegister", "DiscreteInputRegister", "InputRegister", "HoldingRegister"]),
  offset: f.int({ min: 0, max: 65_535 }),
  limit: f.withDefault(f.int({ min: 1, max: 125 }), 1),
  scale: f.optional(f.number()),
  isSwap: f.withDefault(f.boolean(), false),
  isRegisterSwap: f.withDefault(f.boolean(), false),
  dataType: f.optional(f.oneOf(["int", "float", "double", "boolean", "string"])),
  /** `kubeedge-legacy` decodes as its mapper does, bit by bit; without it, as its documentation says. */
  decoder: f.optional(f.oneOf(["kubeedge-legacy"])),
  value: f.optional(ignoredField),
  max: f.optional(ignoredField),
  min: f.optional(ignoredField),
});

export type KubeEdgeVisitor = Output<typeof kubeEdgeVisitor>;

/** Whether a visitor is written with KubeEdge's keys. */
export const isKubeEdgeVisitor = (raw: unknown): boolean =>
  typeof raw === "object" && raw !== null && Object.hasOwn(raw, "register");
