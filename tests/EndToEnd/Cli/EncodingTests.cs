using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>The program's own streams are UTF-8 whatever the machine's locale says, since the programs that read it cannot know.</summary>
public sealed class EncodingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("de_DE.ISO-8859-1")]
    [InlineData("C")]
    [InlineData("ja_JP.SJIS")]
    public async Task Output_InAnyLocale_IsUtf8(string locale)
    {
        var home = _folder["J\u00fcrgen \u2026 \u6f22"];
        Directory.CreateDirectory(home);
        var (output, _) = await RunAsync(locale, "status", "--json", "--home", home);
        Assert.Equal(Path.Join(home, ".codex"), JsonNode.Parse(output)!["codexFolder"]!.GetValue<string>());
        var (_, error) = await RunAsync(locale, "revision", "list", "--home", home, "--codex-dir", "", "\u00fc");
        Assert.Contains("\u00fc", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_PrintsEachLineOfWhatItWouldWriteOnALineOfItsOwn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The other systems' managers are played in the unit tests.");
        var home = _folder["home"];
        await RunAsync("C.UTF-8", "master", "init", "--home", home);
        var (output, error) = await RunAsync("C.UTF-8", "master", "service", "install", "--dry-run", "--home", home);
        Assert.SkipWhen(output.Length == 0, $"There is no service manager here: {error}");
        Assert.Contains("\n    [Service]\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static async Task<(string Output, string Error)> RunAsync(string locale, params string[] arguments)
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var start = new ProcessStartInfo(Repository.Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = strict,
            StandardErrorEncoding = strict,
        };
        start.Environment.Remove("CODEX_HOME");
        start.Environment["LC_ALL"] = locale;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (output, await error);
    }
}
