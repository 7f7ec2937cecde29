# Programs of tests/mpi, which its scripts start under mpirun.
MPI_BIN := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/mpi/test_*.c)))
test-programs: $(MPI_BIN)
