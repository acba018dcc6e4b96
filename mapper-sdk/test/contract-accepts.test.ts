import { testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { deskLampFixture, deskLampMapper } from "./fixtures/desk-lamp.ts";

testMapperContract(deskLampMapper(), deskLampFixture);
