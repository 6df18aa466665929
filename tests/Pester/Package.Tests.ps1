param([string] $ModulePath, [string] $ProgramPath)

BeforeDiscovery {
    $hasResourceGet = [bool] (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)
    $hasPowerShellGet = [bool] (Get-Module -ListAvailable PowerShellGet)
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    $data = Import-PowerShellDataFile (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName
    $version = $data.ModuleVersion
    $word = $data.PrivateData.PSData.Prerelease
    $whole = $word ? "$version-$word" : $version
    $package = Convert-Path (Join-Path $PSScriptRoot "../../artifacts/package/Codexport.$whole.nupkg")
    $files = Get-ChildItem -Recurse -File -Name (Join-Path $ModulePath $version) | ForEach-Object { $_.Replace('\', '/') } | Sort-Object
    $count = @(Get-Command -Module (Import-Module $ModulePath -PassThru -Force)).Count

    # Runs commands in a PowerShell with a home of its own, as repositories and modules are kept there; gives what it prints.
    function Invoke-InHome([string] $UserHome, [string] $Command) {
        $process = Start-InHome $UserHome $Command
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        $process.WaitForExit()
        if ($process.ExitCode) { throw "$($output.Result)$($errors.Result)" }
        $output.Result -split '\r?\n' | Where-Object { $_ }
    }

    # The same, with somebody to talk to it.
    function Start-InHome([string] $UserHome, [string] $Command) {
        $start = [System.Diagnostics.ProcessStartInfo]::new('pwsh')
        '-NoProfile', '-NonInteractive', '-Command', "`$ErrorActionPreference = 'Stop'; $Command" | ForEach-Object { $start.ArgumentList.Add($_) }
        # NuGet writes its settings into the working folder where this one is missing.
        New-Item -ItemType Directory -Force "$UserHome/.config" | Out-Null
        $start.WorkingDirectory = $UserHome
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        'HOME', 'USERPROFILE', 'LOCALAPPDATA' | ForEach-Object { $start.Environment[$_] = $UserHome }
        'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'PSModulePath' | ForEach-Object { $null = $start.Environment.Remove($_) }
        [System.Diagnostics.Process]::Start($start)
    }

    # The module under a higher version, as the next release is.
    function New-HigherVersion([string] $Path) {
        $copy = (New-Item -ItemType Directory "$Path/Codexport/9.0.0").FullName
        Copy-Item -Recurse -Path "$ModulePath/$version/*" -Destination $copy
        $manifest = (Get-Content -Raw "$copy/Codexport.psd1").Replace("'$version'", "'9.0.0'").Replace("Prerelease   = '$word'", "Prerelease   = ''")
        Set-Content -LiteralPath "$copy/Codexport.psd1" $manifest
        $copy
    }
}

Describe 'the gallery''s package' {
    It 'says what the manifest says' {
        $zip = [System.IO.Compression.ZipFile]::OpenRead($package)
        try { [xml] $nuspec = [System.IO.StreamReader]::new($zip.GetEntry('Codexport.nuspec').Open()).ReadToEnd() } finally { $zip.Dispose() }
        $manifest = Test-ModuleManifest (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName
        $metadata = $nuspec.package.metadata
        $metadata.id | Should -BeExactly 'Codexport'
        $metadata.version | Should -Be $whole
        $metadata.authors | Should -Be $manifest.Author
        $metadata.description | Should -Be $manifest.Description
        $metadata.projectUrl | Should -Be $manifest.ProjectUri
        $metadata.license.InnerText | Should -Be 'MIT'
        # What the gallery goes by to know a module with cmdlets.
        'PSModule', 'PSIncludes_Cmdlet' | Where-Object { $_ -notin ($metadata.tags -split ' ') } | Should -BeNullOrEmpty
        $manifest.Tags | Where-Object { $_ -notin ($metadata.tags -split ' ') } | Should -BeNullOrEmpty
    }

    It 'can be imported as it is unpacked, and its help and program come with it' {
        $answer = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; (Get-Command -Module Codexport).Count; (Get-Help Sync-CodexportFollower).Synopsis"
        [int] $answer[0] | Should -Be $count
        $answer[1] | Should -BeLike 'Fetches*'
        dotnet (Join-Path $ModulePath "$version/host/codexport.dll") --version | Should -BeLike "*$version*"
    }
}

Describe 'a repository of PSResourceGet' -Skip:(-not $hasResourceGet) {
    BeforeAll {
        $feed = New-Item -ItemType Directory (Join-Path $TestDrive 'feed')
        $userHome = New-Item -ItemType Directory (Join-Path $TestDrive 'home')
        $target = New-Item -ItemType Directory (Join-Path $TestDrive 'saved')
        $answer = Invoke-InHome $userHome @"
Register-PSResourceRepository codexport-test -Uri '$feed' -Trusted
Publish-PSResource -Path '$ModulePath/$version' -Repository codexport-test
Get-ChildItem '$feed' -Name
Save-PSResource Codexport -Repository codexport-test -Prerelease -Path '$target'
Install-PSResource Codexport -Repository codexport-test -Prerelease
Get-InstalledPSResource Codexport | ForEach-Object { "`$(`$_.Version) `$(`$_.Prerelease)" }
Import-Module Codexport
(Get-Module Codexport).ModuleBase
(Get-Command -Module Codexport).Count
"@
    }

    It 'takes the module as Publish-PSResource packs it' {
        $answer[0] | Should -BeExactly "Codexport.$whole.nupkg"
    }

    It 'gives exactly the files that the build''s own package lists' {
        $got = Get-ChildItem -Recurse -File -Name "$target/Codexport/$version" | ForEach-Object { $_.Replace('\', '/') } | Where-Object { $_ -ne 'PSGetModuleInfo.xml' }
        $got | Sort-Object | Should -Be $files
    }

    It 'has it installed for the person, from where it is imported by its name' {
        $answer[1].Trim() | Should -Be "$version $word".Trim()
        $answer[2] | Should -BeLike "$userHome*Codexport*$version"
        [int] $answer[3] | Should -Be $count
    }

    Context 'with a higher version' {
        BeforeAll {
            $master = Join-Path $TestDrive 'master'
            New-TestHome $master | Out-Null
            # A session that has the old version, with the server that comes with it; each line that it is sent has it go on.
            $session = Start-InHome $userHome @"
Import-Module Codexport
Initialize-CodexportMaster -HomePath '$master'
`$job = Start-CodexportMaster -HomePath '$master' -HostName 127.0.0.1 -Port 0 -AsJob
while (-not (`$started = `$job | Receive-Job -Keep | Where-Object Event -EQ started)) { if (`$job.State -ne 'Running') { Receive-Job `$job; exit 1 }; Start-Sleep -Milliseconds 50 }
"serving `$(`$started.Port)"
`$null = [Console]::ReadLine()
"`$((Get-Module Codexport).Version) `$((Get-CodexportStatus -HomePath '$master').Role) `$((New-CodexportJoinLink 127.0.0.1 -Port `$started.Port -HomePath '$master').JoinLink) `$(`$job.State)"
`$null = [Console]::ReadLine()
"`$((Test-CodexportInstallation -HomePath '$master').Count) `$(`$job.State)"
`$job | Stop-Job
"@
            try {
                $serving = $session.StandardOutput.ReadLine()
                $higher = New-HigherVersion $TestDrive
                $updated = Invoke-InHome $userHome @"
Publish-PSResource -Path '$higher' -Repository codexport-test
Update-PSResource Codexport -Repository codexport-test
(Get-InstalledPSResource Codexport | Sort-Object Version).Version -join ' '
(Import-Module Codexport -PassThru).Version.ToString()
(Get-Command -Module Codexport).Count
"@
                $session.StandardInput.WriteLine()
                $afterUpdate = $session.StandardOutput.ReadLine()
                if (-not $IsWindows) {
                    $uninstalled = Invoke-InHome $userHome "Uninstall-PSResource Codexport -Version '$whole' -Prerelease; (Get-InstalledPSResource Codexport).Version -join ' '"
                }
                $session.StandardInput.WriteLine()
                $afterUninstall = $session.StandardOutput.ReadLine()
                $errors = $session.StandardError.ReadToEnd()
                $session.WaitForExit()
            } finally {
                if (-not $session.HasExited) { $session.Kill($true) }
            }
        }

        It 'is updated beside a session that goes on with the old one' {
            $serving | Should -Match '^serving \d+$' -Because $errors
            $updated[0] | Should -Be "$version 9.0.0"
            $updated[1] | Should -Be '9.0.0'
            [int] $updated[2] | Should -Be $count
            $afterUpdate | Should -Match "^$([regex]::Escape($version)) Master codexport://join\?\S+ Running$" -Because $errors
        }

        It 'can have the old one uninstalled while that session runs' -Skip:$IsWindows {
            $uninstalled | Should -Be '9.0.0'
            $afterUninstall | Should -Match '^\d+ Running$' -Because $errors
            $session.ExitCode | Should -Be 0 -Because $errors
        }

        It 'leaves nothing when all is uninstalled' {
            $left = Invoke-InHome $userHome "Uninstall-PSResource Codexport; @(Get-InstalledPSResource Codexport -ErrorAction Ignore).Count; @(Get-Module -ListAvailable Codexport).Count"
            $left | Should -Be '0', '0'
        }
    }
}

Describe 'a repository of PowerShellGet' -Skip:(-not $hasPowerShellGet) {
    BeforeAll {
        $feed = New-Item -ItemType Directory (Join-Path $TestDrive 'old-feed')
        $userHome = New-Item -ItemType Directory (Join-Path $TestDrive 'old-home')
        Copy-Item $package $feed
    }

    It 'has the build''s own package found, installed, imported and uninstalled' {
        $answer = Invoke-InHome $userHome @"
Register-PSRepository -Name codexport-test -SourceLocation '$feed' -InstallationPolicy Trusted
(Find-Module Codexport -Repository codexport-test -AllowPrerelease).Version
Install-Module Codexport -Repository codexport-test -AllowPrerelease -Scope CurrentUser
(Get-InstalledModule Codexport).Version
(Import-Module Codexport -PassThru).ModuleBase
(Get-Command -Module Codexport).Count
Remove-Module Codexport
Uninstall-Module Codexport -AllVersions
@(Get-Module -ListAvailable Codexport).Count
"@
        $answer[0..1] | Should -Be $whole, $whole
        $answer[2] | Should -BeLike "$userHome*Codexport*$version"
        [int] $answer[3] | Should -Be $count
        $answer[4] | Should -Be 0
    }
}

Describe 'the manifest' {
    It 'says where the module runs, under which licence, and what is new' {
        $manifest = Test-ModuleManifest (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName
        $manifest.PowerShellVersion | Should -Be ([version] '7.6')
        $manifest.CompatiblePSEditions | Should -Be 'Core'
        $manifest.Tags | Should -Contain 'PSEdition_Core'
        $manifest.LicenseUri, $manifest.ProjectUri, $manifest.ReleaseNotes | Should -Not -BeNullOrEmpty
    }
}
