using BenchmarkDotNet.Running;
using Codexport.Benchmarks.Comparisons;

// compare [NAME…]   whole processes, each against a peer, as ratios measured in this run
// unicode FILE      writes the engine's tables of Unicode forms anew
// anything else     BenchmarkDotNet over the engine, e.g. --filter '*Toml*'
if (args is ["compare", .. var names])
{
    return await ComparisonSuite.RunAsync(names, CancellationToken.None);
}

if (args is ["unicode", var path])
{
    return Codexport.Benchmarks.UnicodeTableWriter.Write(path);
}

BenchmarkSwitcher.FromAssembly(typeof(ComparisonSuite).Assembly).Run(args);
return 0;
