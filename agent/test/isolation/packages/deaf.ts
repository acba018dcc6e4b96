import { defineProtocol, f, fields } from "@edgetwin/mapper-sdk";

/** Never answers. */
export const deaf = defineProtocol({
  protocol: "deaf",
  visitor: fields({ at: f.string() }),
  open: () => new Promise(() => {}),
  read: () => new Promise(() => {}),
});
