using System.Text;
using BenchmarkDotNet.Attributes;
using Codexport.Tests.Shared;

namespace Codexport.Benchmarks.Micro;

/// <summary>
/// Time by size: ten times the size should take ten times as long, and ten times the edits on it as well. 100 times would mean that each
/// step walks the whole document.
/// </summary>
[MemoryDiagnoser]
public class TomlScaleBenchmarks
{
    private byte[] _bytes = [];
    private string _mixed = string.Empty;

    [Params(400, 4000)]
    public int Count { get; set; }

    [ParamsSource(nameof(Shapes))]
    public string Shape { get; set; } = "mixed";

    public static IEnumerable<string> Shapes => LargeToml.Shapes;

    [GlobalSetup]
    public void Setup()
    {
        _bytes = Encoding.UTF8.GetBytes(LargeToml.Make(Shape, Count));
        _mixed = LargeToml.Make("mixed", Count);
    }

    [Benchmark]
    public byte[] ParseAndPrint() => LargeToml.ParseAndPrint(_bytes).Bytes;

    [Benchmark]
    public int ThousandsOfEdits() => LargeToml.Edits.Sum(kind => LargeToml.EditAll(kind, _mixed, Count / 2).Bytes.Length);
}
