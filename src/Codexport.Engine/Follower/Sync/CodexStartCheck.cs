using System.Diagnostics;
using System.Text.Json;
using Codexport.Engine.Codex;
using Codexport.Engine.Platform;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Asks the Codex of this machine whether it would start with a composed configuration, before anything is written:
/// <c>codex app-server --print-startup-config</c> on a throw-away home. No Codex, or one too old to know the option, is no verdict.
/// </summary>
internal sealed class CodexStartCheck(EngineContext context)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Checks.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ConfigurationRejected"/> with Codex's own words.</exception>
    public async Task RequireAsync(Composition.Composition composition, CancellationToken cancellationToken)
    {
        if (FindCodex() is not { } codex)
        {
            context.Trace?.Invoke("No 'codex' is on the path, so the configuration is only parsed.");
            return;
        }

        // One name, used under the follower's lock: what a killed run left there goes first.
        var folder = Path.Join(context.Home.MachineStateFolder, "codex-check");
        DeleteAll(folder);
        try
        {
            context.Files.CreateDirectory(folder, FilePermission.Private);
            foreach (var (path, text) in composition.ComposedFiles.Where(file => CodexLayout.IsConfiguration(file.Key)))
            {
                AtomicFile.Write(context.Files, SafePath.Combine(folder, path), System.Text.Encoding.UTF8.GetBytes(text), FilePermission.Private);
            }

            await RunAsync(codex, folder, cancellationToken);
        }
        finally
        {
            DeleteAll(folder);
        }
    }

    private async Task RunAsync(string codex, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(codex, ["app-server", "--print-startup-config"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        start.Environment["CODEX_HOME"] = folder;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                var errors = process.StandardError.ReadToEndAsync(limited.Token);
                var output = await process.StandardOutput.ReadToEndAsync(limited.Token);
                await errors;
                await process.WaitForExitAsync(limited.Token);
                Judge(process.ExitCode, output, folder);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Trace?.Invoke("'codex' did not answer in time, so the configuration is only parsed.");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            context.Trace?.Invoke($"'codex' could not be started, so the configuration is only parsed: {error.Message}");
        }
    }

    // Exit 1 with a line of JSON is a refusal; anything else but 0 is a Codex that does not know the question.
    private void Judge(int exitCode, string output, string folder)
    {
        if (exitCode != 1 || Describe(output) is not { } found)
        {
            context.Trace?.Invoke(exitCode == 0 ? "Codex accepts the configuration." : $"Codex gave no verdict (exit code {exitCode}).");
            return;
        }

        var file = found.File.Replace(folder, context.Home.CodexFolder, StringComparison.Ordinal);
        throw new CodexportException(
            ErrorCode.ConfigurationRejected,
            $"Codex would not start with the composed '{file}': {found.Detail}",
            "Nothing was changed. Correct the configuration on the master, or the override on this machine, then sync again.",
            file)
        {
            Details = [new("line", found.Line), new("column", found.Column)],
        };
    }

    private static (string File, string Line, string Column, string Detail)? Describe(string output)
    {
        foreach (var line in output.Split('\n').Where(line => line.StartsWith('{')))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("detail", out var detail))
                {
                    return (Text("filePath"), Text("line"), Text("column"), Wire.MasterErrors.Clean(detail.ToString()));
                }

                string Text(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : string.Empty;
            }
            catch (JsonException)
            {
                // Not the line that was looked for.
                continue;
            }
        }

        return null;
    }

    private string? FindCodex()
    {
        var names = OperatingSystem.IsWindows() ? new[] { "codex.exe", "codex.cmd" } : ["codex"];
        return (context.Environment("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => names.Select(name => Path.Join(folder, name)))
            .FirstOrDefault(path => context.Files.TryGetEntry(path) is { Kind: EntryKind.File or EntryKind.SymbolicLink });
    }

    private void DeleteAll(string folder)
    {
        foreach (var entry in context.Files.Enumerate(folder).ToList())
        {
            if (entry.Kind == EntryKind.Directory)
            {
                DeleteAll(entry.Path);
            }
            else
            {
                context.Files.DeleteFile(entry.Path);
            }
        }

        context.Files.DeleteEmptyDirectory(folder);
    }
}
