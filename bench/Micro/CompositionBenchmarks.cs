using BenchmarkDotNet.Attributes;
using Codexport.Engine.Compose;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Benchmarks.Micro;

/// <summary>Merging a configuration of 100 MCP servers three ways: one unit new at the master, one of the follower's own.</summary>
[MemoryDiagnoser]
public class CompositionBenchmarks
{
    private static readonly MergeRules Rules = new("config.toml", DriftPolicy.Canonical, [], [], []);
    private TomlDocument _base = null!;
    private TomlDocument _local = null!;
    private TomlDocument _canonical = null!;

    [GlobalSetup]
    public void Setup()
    {
        var text = TomlBenchmarks.Configuration(100);
        _base = TomlDocument.Parse(text);
        _local = TomlDocument.Parse(text + "\n[projects.\"/work\"]\ntrust_level = \"trusted\"\n");
        _canonical = TomlDocument.Parse(text.Replace("gpt-5", "gpt-6", StringComparison.Ordinal) + "\n[mcp_servers.more]\ncommand = \"more\"\n");
    }

    [Benchmark]
    public string Merge() => ConfigMerge.Merge(Rules, _base, _local, _canonical).Text;

    [Benchmark]
    public string MergeWithoutNews() => ConfigMerge.Merge(Rules, _base, _local, _base).Text;
}
