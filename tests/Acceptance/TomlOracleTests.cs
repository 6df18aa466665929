using System.Text;
using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Toml;
using Codexport.Tests.Cli;
using Codexport.Tests.Toml;
using FsCheck.Fluent;

namespace Codexport.Tests.Acceptance;

/// <summary>
/// The real Codex judges TOML beside us: what it takes we never refuse, and what it refuses we never publish. A sample of each kind of
/// document, since each question starts a program.
/// </summary>
public sealed class TomlOracleTests : IDisposable
{
    private const int Step = 24;
    private const int Generated = 30;

    private readonly string _folder = Directory.CreateTempSubdirectory("codexport-toml-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Borders_AreJudgedAsTheTableSays()
        => AssertAsync([.. TomlBorderCases.Agreed.Select(border => (TomlBorderCases.Show(border.Text), Encoding.UTF8.GetBytes(border.Text)))], differ: false);

    [Fact]
    public Task WhereWeDiffer_CodexTakesWhatWeRefuse()
        => AssertAsync([.. TomlBorderCases.RefusedByUsAlone.Select(border => (border.Reason, Encoding.UTF8.GetBytes(border.Text)))], differ: true);

    [Fact]
    public Task TheOfficialSuite_IsJudgedAlike()
    {
        var folder = Path.Combine(Repository.Root, "tests", "data", "toml-test");
        var files = File.ReadAllLines(Path.Combine(folder, "files-toml-1.1.0")).Where(line => line.EndsWith(".toml", StringComparison.Ordinal));
        return AssertAsync([.. files.Where((_, index) => index % Step == 0).Select(name => (name, File.ReadAllBytes(Path.Combine(folder, name))))], differ: false);
    }

    [Fact]
    public Task GeneratedAndDamagedDocuments_AreJudgedAlike()
    {
        // Each document whole, and with one character taken out, which mostly breaks it.
        var texts = TomlGen.Document().Sample(Generated, 40).SelectMany((text, index) => new[]
        {
            text, text.Length == 0 ? text : text.Remove(index * 7919 % text.Length, 1),
        });
        return AssertAsync([.. texts.Select(text => (TomlBorderCases.Show(text), Encoding.UTF8.GetBytes(text)))], differ: false);
    }

    private async Task AssertAsync(List<(string Name, byte[] Bytes)> documents, bool differ)
    {
        var codex = RealCodex.Require();
        Assert.NotEmpty(documents);
        var wrong = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await Parallel.ForEachAsync(documents.Index(), TestContext.Current.CancellationToken, async (document, token) =>
        {
            var (index, (name, bytes)) = document;
            var home = Directory.CreateDirectory(Path.Combine(_folder, index.ToString(null, null))).FullName;
            await File.WriteAllBytesAsync(Path.Combine(home, "config.toml"), bytes, token);
            var request = new ProcessRequest(codex.Path, ["app-server", "--print-startup-config"])
            {
                Environment = new Dictionary<string, string?> { ["CODEX_HOME"] = home },
                WorkingFolder = home,
            };
            var answer = StartupAnswer.Read(await RealCodex.Surroundings.Processes.RunAsync(request, token));
            Assert.True(answer.HasVerdict, name);
            var isTaken = TomlDocument.TryParse(bytes, null, out _, out var error);
            if ((isTaken == (answer.Detail is null)) == differ || (differ && isTaken))
            {
                wrong.Enqueue($"{name}: Codex says '{answer.Detail ?? "good"}', we say '{error?.Message ?? "good"}'");
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{documents.Count - wrong.Count} of {documents.Count} documents judged as expected.");
        Assert.Empty(wrong);
    }
}
