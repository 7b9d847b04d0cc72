// Steps one Verilated core in process and packs its probe record; the callers are in src/lockstep/library.rs.
#include "Vbitspike.h"
#include "verilated.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#define BITSPIKE_API extern "C" __attribute__((visibility("default")))

namespace {

constexpr uint32_t Failed = 1U << 31;
constexpr int EdgesInReset = 2;

struct BusWrite {
    uint32_t address;
    uint32_t data;
};

struct Core {
    std::unique_ptr<VerilatedContext> context;
    std::unique_ptr<Vbitspike> top;
    std::string error;
};

[[noreturn]] void stop(const char* what, const char* file, int line) {
    const std::string place = file && file[0] ? std::string(file) + ":" + std::to_string(line) + ": " : "";
    throw std::runtime_error(place + what);
}

inline void sample(const Vbitspike& top, uint32_t* record) {
    // BITSPIKE_SAMPLE
}

void idle(Vbitspike& top) {
    top.cfg_valid_i = 0;
    top.cfg_write_i = 0;
    top.cfg_addr_i = 0;
    top.cfg_wdata_i = 0;
    top.aer_in_req_i = 0;
    top.aer_in_data_i = 0;
    top.aer_out_ack_i = 0;
}

void clock(Vbitspike& top) {
    top.clk_i = 0;
    top.eval();
    top.clk_i = 1;
    top.eval();
}

template <typename Body>
uint32_t guarded(Core* core, Body body) {
    Verilated::threadContextp(core->context.get());
    try {
        return body(*core->top);
    } catch (const std::exception& error) {
        core->error = error.what();
    }
    return Failed;
}

}  // namespace

void vl_fatal(const char* file, int line, const char*, const char* message) { stop(message, file, line); }
void vl_stop(const char* file, int line, const char*) { stop("$stop", file, line); }
void vl_finish(const char* file, int line, const char*) { stop("$finish", file, line); }

// seed 0: every register starts at 0; else at random values that follow from the seed.
BITSPIKE_API Core* bitspike_create(int seed) {
    try {
        auto core = std::make_unique<Core>();
        core->context = std::make_unique<VerilatedContext>();
        const char* arguments[] = {"bitspike"};
        core->context->commandArgs(1, arguments);  // $value$plusargs stops a simulation without arguments
        core->context->randReset(seed == 0 ? 0 : 2);
        core->context->randSeed(seed);
        core->top = std::make_unique<Vbitspike>(core->context.get());
        idle(*core->top);
        core->top->clk_i = 0;
        core->top->rst_ni = 0;
        return core.release();
    } catch (const std::exception&) {
        return nullptr;
    }
}

BITSPIKE_API void bitspike_destroy(Core* core) {
    Verilated::threadContextp(core->context.get());
    delete core;
}

BITSPIKE_API const char* bitspike_error(const Core* core) { return core->error.c_str(); }

// One cycle out of reset: pins in, combinational outputs and record before the rising edge, then the edge.
BITSPIKE_API uint32_t bitspike_cycle(Core* core, uint32_t pins, uint32_t data, uint32_t* record) {
    return guarded(core, [=](Vbitspike& top) {
        top.aer_in_req_i = pins & 1U;
        top.aer_out_ack_i = pins >> 1 & 1U;
        top.aer_in_data_i = data;
        top.clk_i = 0;
        top.eval();
        const uint32_t outputs = top.aer_in_ack_o | top.aer_out_req_o << 1;
        if (record) sample(top, record);
        top.clk_i = 1;
        top.eval();
        top.cfg_valid_i = 0;
        return outputs;
    });
}

// A register write in the next cycle.
BITSPIKE_API void bitspike_offer(Core* core, uint32_t address, uint32_t data) {
    core->top->cfg_valid_i = 1;
    core->top->cfg_write_i = 1;
    core->top->cfg_addr_i = address;
    core->top->cfg_wdata_i = data;
}

// Two edges in reset, then released: the next cycle is cycle 0.
BITSPIKE_API uint32_t bitspike_reset(Core* core) {
    return guarded(core, [](Vbitspike& top) {
        idle(top);
        top.rst_ni = 0;
        for (int edge = 0; edge < EdgesInReset; ++edge) clock(top);
        top.rst_ni = 1;
        return 0U;
    });
}

// Register writes with reset asserted, which stays asserted.
BITSPIKE_API uint32_t bitspike_write(Core* core, const BusWrite* writes, size_t count) {
    return guarded(core, [=](Vbitspike& top) {
        idle(top);
        top.rst_ni = 0;
        top.cfg_valid_i = 1;
        top.cfg_write_i = 1;
        for (size_t i = 0; i < count; ++i) {
            top.cfg_addr_i = writes[i].address;
            top.cfg_wdata_i = writes[i].data;
            clock(top);
        }
        idle(top);
        return 0U;
    });
}

// Register reads, one a cycle, from consecutive addresses; reset stays as it is.
BITSPIKE_API uint32_t bitspike_read(Core* core, uint32_t address, uint32_t* words, size_t count) {
    return guarded(core, [=](Vbitspike& top) {
        idle(top);
        top.cfg_valid_i = 1;
        for (size_t i = 0; i < count; ++i) {
            top.cfg_addr_i = address + static_cast<uint32_t>(i);
            clock(top);
            words[i] = top.cfg_rdata_o;
        }
        idle(top);
        return 0U;
    });
}
