// What a package is made for, and with which tools. GNU triplets as in dpkg-architecture(1).

/** By the name that Debian gives it; `node` is `process.arch`, `elf` what readelf says of its files. */
export const architectures = {
  amd64: { debian: "amd64", node: "x64", triplet: "x86_64-linux-gnu", elf: "Advanced Micro Devices X86-64" },
  arm64: { debian: "arm64", node: "arm64", triplet: "aarch64-linux-gnu", elf: "AArch64" },
};
