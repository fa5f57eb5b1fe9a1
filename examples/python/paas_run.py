"""Runs a command by Paas as if it ran here: paas_run.py COMMAND [ARGUMENT ...]"""

import os, signal, sys, time, uuid

import grpc
from google.protobuf.duration_pb2 import Duration
from paas.v1 import paas_pb2 as pb, paas_pb2_grpc as rpc


def read(variable, default):
    with open(os.environ.get(variable) or f"../../certs/{default}", "rb") as file:
        return file.read()


def write(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


def run(paas, args):
    """Starts a command, copies its output to ours byte for byte, and returns its final status."""
    # A request that is repeated with its id starts nothing twice. A process whose client is gone for a minute is stopped.
    request = pb.ExecRequest(args=args, request_id=str(uuid.uuid4()), stop_after_disconnect=Duration(seconds=60))
    process, offset, failures = None, 0, 0
    while True:
        try:
            process = process or paas.Exec(request).process_id
            for message in paas.GetLogs(pb.GetLogsRequest(process_id=process, from_offset=offset)):
                if message.HasField("gap"):
                    break
                for chunk in message.chunks:
                    write(2 if chunk.stream == pb.LOG_STREAM_STDERR else 1, chunk.data)
                    offset, failures = chunk.offset + len(chunk.data), 0
                if message.HasField("end") and not message.end.may_be_cut:
                    return message.end.status  # nothing else proves that the output is complete
            raise EOFError(f"output of process {process} is missing behind byte {offset}")
        except grpc.RpcError as error:  # after a break, continue at the next byte
            failures += 1
            if error.code() != grpc.StatusCode.UNAVAILABLE or failures > (30 if process else 2):
                raise
            time.sleep(1)


def main(args):
    try:
        files = read("PAASC_CA", "server-ca.crt"), read("PAASC_KEY", "alice.key"), read("PAASC_CERT", "alice.crt")
        server = os.environ.get("PAASC_SERVER") or "127.0.0.1:50051"
        with grpc.secure_channel(server, grpc.ssl_channel_credentials(*files)) as channel:
            status = run(rpc.ProcessServiceStub(channel), args)
        match status.WhichOneof("exit"):
            case "exit_code":
                return status.exit_code
            case "signal":
                return 128 + status.signal
        problem = f"nobody knows how process {status.process_id} ended, for its daemon was killed"
    except grpc.RpcError as error:
        problem = f"{error.code().name}: {error.details()}"
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            problem += "; check PAASC_SERVER, PAASC_CA, PAASC_CERT and PAASC_KEY"
    except (OSError, EOFError, ValueError) as error:
        problem = error
    print(f"paas_run: {problem}", file=sys.stderr)
    return 125


signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C and a closed pipe end this program as they end others
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sys.exit(main(sys.argv[1:]))
