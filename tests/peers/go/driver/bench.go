package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/packer"
)

const mib = 1 << 20

// bench measures one connection, while a builder holds still in its hook.
func bench(request *Request) (interface{}, error) {
	if request.Calls == 0 {
		request.Calls = 2000
	}
	if request.Bytes == 0 {
		request.Bytes = 256 * mib
	}
	p, err := start(request)
	if err != nil {
		return nil, err
	}
	defer p.end()
	builder := p.client.Builder()
	config := map[string]interface{}{"steps": []string{"provision"}, "artifact": "bench"}
	if _, _, err := builder.Prepare(config); err != nil {
		return nil, err
	}
	facts := Facts{}
	made, err := builder.Run(context.Background(), &events{}, hook(func(
		_ context.Context, _ string, _ packer.Ui, comm packer.Communicator, _ interface{},
	) error {
		return transfers(comm, request.Bytes, facts)
	}))
	if err != nil {
		return nil, err
	}
	return facts, calls(made, request.Calls, facts)
}

func calls(made packer.Artifact, count int, facts Facts) error {
	begin := time.Now()
	for i := 0; i < count; i++ {
		if made.Id() != "bench" {
			return errors.New("a call failed")
		}
	}
	facts["round_trip_us"] = time.Since(begin).Seconds() * 1e6 / float64(count)
	begin = time.Now()
	err := parallel(8, func(int) error {
		for i := 0; i < count; i++ {
			if made.Id() != "bench" {
				return errors.New("a call failed")
			}
		}
		return nil
	})
	facts["calls_per_second"] = float64(8*count) / time.Since(begin).Seconds()
	return err
}

func transfers(comm packer.Communicator, size int64, facts Facts) error {
	file, err := os.CreateTemp("", "packer-driver")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := file.Truncate(size); err != nil {
		return err
	}
	for _, one := range []struct {
		name    string
		streams int
		move    func(int) error
	}{
		{"download_one_mib", 1, func(int) error { return download(comm, file.Name(), size) }},
		{"download_four_mib", 4, func(int) error { return download(comm, file.Name(), size) }},
		{"upload_one_mib", 1, func(int) error { return comm.Upload(os.DevNull, zeros(size), nil) }},
		{"upload_four_mib", 4, func(int) error { return comm.Upload(os.DevNull, zeros(size), nil) }},
	} {
		begin := time.Now()
		if err := parallel(one.streams, one.move); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		facts[one.name] = float64(size) * float64(one.streams) / mib / time.Since(begin).Seconds()
	}
	return nil
}

func download(comm packer.Communicator, path string, size int64) error {
	sink := &counter{}
	if err := comm.Download(path, sink); err != nil {
		return err
	}
	if sink.count != size {
		return fmt.Errorf("%d bytes of %d", sink.count, size)
	}
	return nil
}

func parallel(count int, work func(int) error) error {
	results := make([]error, count)
	var all sync.WaitGroup
	for i := range results {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			results[i] = work(i)
		}(i)
	}
	all.Wait()
	return errors.Join(results...)
}

type counter struct{ count int64 }

func (c *counter) Write(data []byte) (int, error) {
	c.count += int64(len(data))
	return len(data), nil
}

type zeroReader struct{}

func (zeroReader) Read(into []byte) (int, error) { return len(into), nil }

func zeros(size int64) io.Reader { return io.LimitReader(zeroReader{}, size) }
