using BenchmarkDotNet.Attributes;
using Codexport.Engine.Apply;
using Codexport.Engine.Content;

namespace Codexport.Benchmarks.Micro;

/// <summary>Reading and writing what a follower keeps of 5,000 applied files.</summary>
[MemoryDiagnoser]
public class StateBenchmarks
{
    private AppliedState _state = null!;
    private byte[] _bytes = [];

    [GlobalSetup]
    public void Setup()
    {
        _state = new AppliedState
        {
            Revision = Sha256Hash.Of("r"u8),
            AppliedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            OverlayHash = Sha256Hash.Of("o"u8),
            GeneratedTexts = new Dictionary<string, string> { ["config.toml"] = "a = 1\n" },
            Files = [.. Enumerable.Range(0, 5000).Select(index => new AppliedFile(
                $"skills/{index}/SKILL.md", Sha256Hash.Of(BitConverter.GetBytes(index)), false, index, index * 7L, false))],
        };
        _bytes = AppliedStateCodec.Write(_state);
    }

    [Benchmark]
    public object Read() => AppliedStateCodec.Read(_bytes, "applied.json");

    [Benchmark]
    public byte[] Write() => AppliedStateCodec.Write(_state);
}
