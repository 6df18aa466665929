using System.ComponentModel;
using System.Diagnostics;

namespace Codexport.Cli.Rendering;

/// <summary>Shows a long text through <c>$PAGER</c>, as git does; a short one, or where there is no pager, as it is.</summary>
internal static class Pager
{
    /// <summary>Shows what was written.</summary>
    public static void Show(string text, Terminal terminal, TextWriter writer, Func<string, string?> environment)
    {
        var isLong = terminal.IsRich && !Console.IsOutputRedirected && text.AsSpan().Count('\n') >= terminal.Height;
        var pager = environment("PAGER") is { Length: > 0 } named ? named : OperatingSystem.IsWindows() ? string.Empty : "less";
        if (!isLong || pager.Length == 0 || pager == "cat" || !TryPage(text, pager, environment))
        {
            writer.Write(text);
        }
    }

    private static bool TryPage(string text, string pager, Func<string, string?> environment)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/d", "/c", pager])
            : new ProcessStartInfo("/bin/sh", ["-c", pager]);
        start.RedirectStandardInput = true;
        start.UseShellExecute = false;
        if (string.IsNullOrEmpty(environment("LESS")))
        {
            // Ends by itself where the text fits, shows colours, leaves the text on the screen.
            start.Environment["LESS"] = "FRX";
        }

        try
        {
            using var process = Process.Start(start);
            if (process is null)
            {
                return false;
            }

            try
            {
                process.StandardInput.Write(text);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // Who has read enough ends the pager before the text does.
            }

            process.WaitForExit();
            return process.ExitCode != 127;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
