// Runs the Verilated testbench until it finishes.
#include "Vbitspike.h"
#include "verilated.h"

#include <cstdio>
#include <memory>

int main(int argc, char** argv) {
    const auto context = std::make_unique<VerilatedContext>();
    context->traceEverOn(true);
    context->commandArgs(argc, argv);
    const auto top = std::make_unique<Vbitspike>(context.get());
    while (!context->gotFinish()) {
        top->eval();
        if (!top->eventsPending()) break;
        context->time(top->nextTimeSlot());
    }
    const bool finished = context->gotFinish();
    top->final();
    if (!finished) std::fprintf(stderr, "%%Error: the testbench ran out of events before $finish\n");
    return finished ? 0 : 1;
}
