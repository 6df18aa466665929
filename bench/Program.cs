using BenchmarkDotNet.Running;
using Codexport.Benchmarks.Comparisons;

// compare [NAME…]   whole processes, each against a peer, as ratios measured in this run
// anything else     BenchmarkDotNet over the engine, e.g. --filter '*Toml*'
if (args is ["compare", .. var names])
{
    return await ComparisonSuite.RunAsync(names, CancellationToken.None);
}

BenchmarkSwitcher.FromAssembly(typeof(ComparisonSuite).Assembly).Run(args);
return 0;
