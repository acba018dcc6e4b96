import type { Device, Mapper, Model } from "@edgetwin/mapper-sdk";
import type { Part } from "../registry/catalogue.ts";
import type { CallFigures } from "./dialect.ts";

/** The parts of another process, with every call to one of their devices counted in `figures`. */
export const countCalls = (parts: readonly Part[], figures: CallFigures): readonly Part[] =>
  parts.map((part) => {
    const counted = <M extends Model>(mapper: Mapper<M>): Mapper<M> => ({
      ...mapper,
      open: async (config, environment) => countDevice(await mapper.open(config, environment), figures),
    });
    if (part.kind === "mapper") return counted(part);
    return {
      ...part,
      serve: (model) => counted(part.serve(model)),
      bind: (model, where) => counted(part.bind(model, where)),
    };
  });

function countDevice<M extends Model>(device: Device<M>, figures: CallFigures): Device<M> {
  const counting =
    <A extends unknown[], T>(call: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      figures.calls++;
      try {
        return await call(...given);
      } catch (error) {
        figures.failedCalls++;
        throw error;
      }
    };
  const { read, readMany, write, call } = device;
  return {
    ...device,
    read: counting(read),
    readMany: counting(readMany),
    write: counting(write),
    call: counting(call),
  } as Device<M>;
}
