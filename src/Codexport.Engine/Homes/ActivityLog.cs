using System.Globalization;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Homes;

/// <summary>
/// <c>log/codexport.log</c>: one line for everything that was applied or failed, for whoever looks later. Never a secret; at most two
/// files of 256 KiB.
/// </summary>
internal static class ActivityLog
{
    private const int SizeLimit = 256 * 1024;

    /// <summary>Adds a line. What cannot be logged is only traced: the work itself matters more.</summary>
    public static void Append(EngineContext context, string text)
    {
        var path = Path.Join(context.Home.LogFolder, "codexport.log");
        try
        {
            context.Files.CreateDirectory(context.Home.LogFolder, FilePermission.Private);
            if (context.Files.TryGetEntry(path) is { Size: > SizeLimit })
            {
                context.Files.Move(path, path + ".old", overwrite: true);
            }

            var line = string.Create(
                CultureInfo.InvariantCulture, $"{context.Time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'} {ForeignText.Line(text)}\n");
            using var stream = context.Files.OpenAppend(path, FilePermission.Private);
            stream.Write(Encoding.UTF8.GetBytes(line));
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke(error.Message);
        }
    }
}
