// Paas-run runs a command by Paas as if it ran here: paas-run COMMAND [ARGUMENT ...]
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "example.com/paas-run/paas/v1"
)

// connect makes a client that connects over mutual TLS.
func connect() (pb.ProcessServiceClient, error) {
	setting := func(variable, fallback string) string { return cmp.Or(os.Getenv(variable), fallback) }
	ca, err := os.ReadFile(setting("PAASC_CA", "../../certs/server-ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	cert, err := tls.LoadX509KeyPair(
		setting("PAASC_CERT", "../../certs/alice.crt"), setting("PAASC_KEY", "../../certs/alice.key"))
	if err != nil {
		return nil, err
	}
	mutual := credentials.NewTLS(&tls.Config{RootCAs: roots, Certificates: []tls.Certificate{cert}})
	conn, err := grpc.NewClient(setting("PAASC_SERVER", "127.0.0.1:50051"), grpc.WithTransportCredentials(mutual))
	return pb.NewProcessServiceClient(conn), err
}

// follow copies the output of a process to ours byte for byte, and returns its final status. Offset is that of the next
// byte, and follow moves it on.
func follow(paas pb.ProcessServiceClient, process string, offset *uint64) (*pb.ProcessStatus, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	logs, err := paas.GetLogs(ctx, &pb.GetLogsRequest{ProcessId: process, FromOffset: *offset})
	if err != nil {
		return nil, err
	}
	for {
		message, err := logs.Recv()
		if errors.Is(err, io.EOF) || message.GetGap() != nil {
			return nil, fmt.Errorf("output of process %s is missing behind byte %d", process, *offset)
		} else if err != nil {
			return nil, err
		}
		for _, chunk := range message.Chunks {
			file := os.Stdout
			if chunk.Stream == pb.LogStream_LOG_STREAM_STDERR {
				file = os.Stderr
			}
			if _, err := file.Write(chunk.Data); err != nil {
				return nil, err
			}
			*offset = chunk.Offset + uint64(len(chunk.Data))
		}
		if message.End != nil && !message.End.MayBeCut {
			return message.End.Status, nil // nothing else proves that the output is complete
		}
	}
}

// run starts a command, and follows it to its end over as many connections as it takes.
func run(paas pb.ProcessServiceClient, args []string) (*pb.ProcessStatus, error) {
	// A request that is repeated with its id starts nothing twice. A process whose client is gone for a minute is stopped.
	request := &pb.ExecRequest{Args: args, RequestId: rand.Text(), StopAfterDisconnect: durationpb.New(time.Minute)}
	started, err := paas.Exec(context.Background(), request)
	for failures := 0; status.Code(err) == codes.Unavailable && failures < 2; failures++ {
		time.Sleep(time.Second)
		started, err = paas.Exec(context.Background(), request)
	}
	if err != nil {
		return nil, err
	}
	var offset uint64
	for failures := 0; ; failures++ {
		from := offset
		final, err := follow(paas, started.ProcessId, &offset)
		if offset > from {
			failures = 0
		}
		if status.Code(err) != codes.Unavailable || failures == 30 {
			return final, err
		}
		time.Sleep(time.Second) // after a break, continue at the next byte
	}
}

func main() {
	paas, err := connect()
	var final *pb.ProcessStatus
	if err == nil {
		final, err = run(paas, os.Args[1:])
	}
	switch exit := final.GetExit().(type) {
	case *pb.ProcessStatus_ExitCode:
		os.Exit(int(exit.ExitCode))
	case *pb.ProcessStatus_Signal:
		os.Exit(128 + int(exit.Signal))
	}
	if status.Code(err) == codes.Unavailable {
		err = fmt.Errorf("%w; check PAASC_SERVER, PAASC_CA, PAASC_CERT and PAASC_KEY", err)
	} else if err == nil {
		err = fmt.Errorf("nobody knows how process %s ended, for its daemon was killed", final.ProcessId)
	}
	fmt.Fprintln(os.Stderr, "paas-run:", err)
	os.Exit(125)
}
