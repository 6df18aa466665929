using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Codexport.Engine.Toml;

namespace Codexport.Benchmarks.Micro;

/// <summary>Parsing, printing and editing configurations of 100 and 1,000 MCP servers (about 6 lines each).</summary>
[MemoryDiagnoser]
public class TomlBenchmarks
{
    private string _text = string.Empty;
    private TomlDocument _document = null!;

    [Params(100, 1000)]
    public int Servers { get; set; }

    public static string Configuration(int servers)
    {
        var text = new StringBuilder("# house rules\nmodel = \"gpt-5\"\n");
        for (var index = 0; index < servers; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n# server {index}\n[mcp_servers.s{index}]\ncommand = \"/home/ann/bin/s{index}\"\nargs = [\"--root\", \"/home/ann/docs\"]\nenv = {{ LEVEL = \"{index}\" }}\n");
        }

        return text.ToString();
    }

    [GlobalSetup]
    public void Setup()
    {
        _text = Configuration(Servers);
        _document = TomlDocument.Parse(_text);
    }

    [Benchmark]
    public object Parse() => TomlDocument.Parse(_text);

    [Benchmark]
    public byte[] Print() => _document.ToBytes();

    [Benchmark]
    public void Set() => _document.Set(["mcp_servers", "s50", "command"], "other");
}
