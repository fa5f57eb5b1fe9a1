/**
 * Makes protobufjs refuse text that is no UTF-8, as a protobuf parser has to
 * (https://protobuf.dev/programming-guides/proto3/#scalar). By itself it puts U+FFFD for what it cannot read, and cuts
 * text short at the end of the message: the daemon would run another command than the one that was sent.
 *
 * @module
 */
import protobuf from "protobufjs";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

for (const { prototype } of [protobuf.Reader, protobuf.BufferReader]) {
  prototype.string = function (this: protobuf.Reader): string {
    return utf8.decode(this.bytes());
  };
}
