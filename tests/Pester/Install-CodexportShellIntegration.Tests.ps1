param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = (New-Item -ItemType Directory (Join-Path $TestDrive 'user')).FullName
}

Describe 'Install-CodexportShellIntegration' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        Install-CodexportShellIntegration Bash, Pwsh, Zsh, Fish -HomePath $user -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-ChildItem -Force $user | Should -BeNullOrEmpty
    }

    It 'comes once, and behind what is there, in silence: <_>' -ForEach 'Bash', 'Zsh', 'Fish', 'Pwsh' {
        $file = (Get-CodexportShellIntegration $_ -HomePath $user).File
        New-Item -ItemType File -Force $file -Value "# mine`n" | Out-Null
        Install-CodexportShellIntegration $_ -HomePath $user | Should -BeNullOrEmpty
        Get-Content -Raw $file | Should -BeLike "# mine`n*codexport*"
        (Install-CodexportShellIntegration $_ -HomePath $user -PassThru).Changed | Should -BeFalse
        (Get-CodexportShellIntegration $_ -HomePath $user).Current | Should -BeTrue
    }

    It 'makes a block that PowerShell can run' {
        $profileFile = (Get-CodexportShellIntegration Pwsh -HomePath $user).File
        $errors = $null
        [void] [System.Management.Automation.Language.Parser]::ParseFile($profileFile, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        pwsh -NoProfile -NonInteractive -Command ". '$profileFile'; (Get-Command codex).CommandType" | Should -Be 'Function'
    }

    It 'names a program that can be started, though a package keeps no execute bit' -Skip:$IsWindows {
        $saved = $env:PATH
        try {
            $env:PATH = '/nonexistent'
            $alone = (New-Item -ItemType Directory (Join-Path $TestDrive 'alone')).FullName
            Install-CodexportShellIntegration Bash -HomePath $alone
            $named = (Select-String -LiteralPath $alone/.bashrc -Pattern "command -v '?([^' ]+)").Matches[0].Groups[1].Value
            $named | Should -BeLike '*/host/*/codexport'
            (Get-Item $named).UnixMode | Should -BeLike '-rwx*'
        } finally {
            $env:PATH = $saved
        }
    }

    It 'runs the cmdlet in a PowerShell where there is no program' -Skip:$IsWindows {
        $modules = New-PortableModule (Join-Path $TestDrive 'portable')
        $plain = New-LoneFollower $ProgramPath (Join-Path $TestDrive 'lone')
        $tools = (New-Item -ItemType Directory (Join-Path $TestDrive 'tools')).FullName
        Set-Content $tools/codex "#!/bin/sh`necho the real codex `$*"
        chmod +x $tools/codex
        New-Item -ItemType SymbolicLink $tools/pwsh -Target ([Environment]::ProcessPath) | Out-Null
        $saved = $env:PATH, $env:PSModulePath
        try {
            $env:PATH = "$tools`:/usr/bin:/bin"
            $env:PSModulePath = $modules
            & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Install-CodexportShellIntegration Bash -HomePath '$plain'"
            Get-Content -Raw $plain/.bashrc | Should -BeLike '*command -v ''pwsh''*Sync-CodexportFollower -Quick*'
            Set-Content $plain/.codexport/local.toml 'role = '
            $output = bash -c ". '$plain/.bashrc'; codex one two" 2>&1 | ForEach-Object { "$_" }
            $output -join ' ' | Should -Match 'local\.toml.*the real codex one two$'
        } finally {
            $env:PATH, $env:PSModulePath = $saved
        }
    }

    It 'writes what the program prints' {
        $result = Install-CodexportShellIntegration Fish, Bash -HomePath $user -PassThru
        Assert-SameField @($result) (Get-ProgramJson $ProgramPath $user 'shell', 'install', 'fish', 'bash').shells
    }

    It 'has a table and a list' {
        Assert-View (Install-CodexportShellIntegration Bash -HomePath $user -PassThru) 'Codexport.Engine.Results.ShellIntegrationInfo'
    }

    It 'refuses a shell that it does not know' {
        (Get-ErrorOf { Install-CodexportShellIntegration Cmd -HomePath $user }).FullyQualifiedErrorId | Should -BeLike 'CannotConvertArgumentNoMessage,*'
    }

    It 'names a profile that cannot be written' {
        $blocked = Join-Path $TestDrive 'blocked'
        New-Item -ItemType Directory -Force $blocked/.bashrc | Out-Null
        $record = Get-ErrorOf { Install-CodexportShellIntegration Bash -HomePath $blocked }
        $record.FullyQualifiedErrorId | Should -BeLike '*,Codexport.PowerShell.Commands.InstallCodexportShellIntegrationCommand'
        Assert-Error $record 'Install-CodexportShellIntegration' ($record.FullyQualifiedErrorId -split ',')[0] $record.CategoryInfo.Category $record.TargetObject
        $record.FullyQualifiedErrorId | Should -Not -BeLike 'InternalError*'
    }
}
