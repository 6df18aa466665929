using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Codexport.Tests.Cli;

/// <summary>One finished run of a program.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    /// <summary>The one JSON object on standard output.</summary>
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    /// <summary>The stable code of the error that was printed as JSON.</summary>
    public string ErrorCode => Json["error"]!["code"]!.GetValue<string>();

    /// <summary>Runs the built program to its end with standard streams piped.</summary>
    public static Task<ProgramRun> CodexportAsync(params string[] arguments) => RunAsync(Repository.Program, arguments);

    /// <summary>Runs any program to its end.</summary>
    public static async Task<ProgramRun> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ProgramRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a program with standard streams piped.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // A home of the person who runs the tests must not be found by accident.
        start.Environment.Remove("CODEX_HOME");
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }
}
