// Random numbers for the lock-step benches.
#pragma once

#include <cstdint>

// splitmix64 (Steele, Lea, Flood 2014): any seed gives a good sequence.
class Random
{
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        state_ += UINT64_C(0x9e3779b97f4a7c15);
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
    }

    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n)); }
    bool one_in(std::int64_t n) { return below(n) == 0; }

  private:
    std::uint64_t state_;
};
